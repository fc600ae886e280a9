import { checkAdded, reportMissing } from './check-added-section.ts';
import type { Checking } from './checking.ts';
import { numberOf, textOf } from './features.ts';
import { acceptInput, parameterOf } from './inputs.ts';
import type { RadlInput, RadlOutput } from './model.ts';

/** Inputs: complete, and the default is a value that the input takes. */
export function checkInputs(checking: Checking): void {
  for (const input of checking.document.inputs) {
    if (checkAdded(checking, 'input', input)) checkInput(checking, input);
  }
}

function checkInput(checking: Checking, input: RadlInput): void {
  const { span } = input;
  const parameter = parameterOf(input);
  const { type, choices, defaultValue, min = 0, max = Number.POSITIVE_INFINITY } = parameter;
  if (type === 'choice' && choices.length === 0) {
    reportMissing(checking, `the choice of input ${input.id}`, { key: 'choices', span });
    return;
  }
  if (min > max) {
    const message = `no number is at least ${min} and at most ${max}`;
    checking.report({ code: 'RADL331', span, message });
    return;
  }
  if (type !== 'choice' && choices.length > 0) {
    const message = `choices are for type 'choice', not '${type}'`;
    checking.report({ code: 'RADL331', span, message, hint: "write type = 'choice'" });
  }
  if (defaultValue === undefined) return;
  const accepted = acceptInput(parameter, defaultValue);
  if (accepted.kind === 'value') return;
  const message = `the default of input ${input.id} does not fit: it ${accepted.message}`;
  checking.report({ code: 'RADL331', span, message });
}

/** Outputs: what each kind of value needs is there. */
export function checkOutputs(checking: Checking): void {
  const balanced = new Set(
    checking.document.services.flatMap((each) =>
      numberOf(each, 'balancer.port') === undefined ? [] : each.id,
    ),
  );
  for (const output of checking.document.outputs) {
    if (checkAdded(checking, 'output', output)) checkOutput(checking, output, balanced);
  }
}

function checkOutput(checking: Checking, output: RadlOutput, balanced: ReadonlySet<string>): void {
  const { id, span } = output;
  const value = textOf(output, 'value');
  const isOfSystem = textOf(output, 'system') !== undefined;
  const isOfService = textOf(output, 'service') !== undefined;
  if (value === undefined) return;
  if (!isOfSystem && !isOfService) reportMissing(checking, `output ${id}`, { key: 'system', span });
  if (isOfSystem && isOfService) {
    const message = `output ${id} is of a system or of a service, not of both`;
    checking.report({ code: 'RADL331', span, message, hint: 'remove one of them' });
  }
  if (value === 'secret' && textOf(output, 'secret') === undefined) {
    reportMissing(checking, `output ${id}`, { key: 'secret', span });
  }
  if (value === 'endpoint') checkEndpoint(checking, output, balanced);
}

/** The port of an endpoint is its own, or the one its service is balanced on. */
function checkEndpoint(checking: Checking, output: RadlOutput, balanced: ReadonlySet<string>): void {
  if (numberOf(output, 'port') !== undefined) return;
  if (balanced.has(textOf(output, 'service') ?? '')) return;
  reportMissing(checking, `the endpoint of output ${output.id}`, { key: 'port', span: output.span });
}
