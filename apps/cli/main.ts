#!/usr/bin/env node
import { Command } from 'commander';
import { addAccountCommands } from './commands/account.ts';
import { addApplyCommand } from './commands/apply.ts';
import { addAuditCommand } from './commands/audit.ts';
import { addCloudCommands } from './commands/cloud.ts';
import { addComponentCommands } from './commands/component.ts';
import { addChangeCommands } from './commands/change.ts';
import { addCompleteCommand } from './commands/complete.ts';
import { addConsoleCommand } from './commands/console.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDeployCommand } from './commands/deploy.ts';
import { addDestroyCommand } from './commands/destroy.ts';
import { addDiskCommands } from './commands/disk.ts';
import { addDriftCommand } from './commands/drift.ts';
import { addImageCommands } from './commands/image.ts';
import { addLogsCommand } from './commands/logs.ts';
import { addPlanCommand } from './commands/plan.ts';
import { addRunningPlanCommands } from './commands/running-plan.ts';
import { addServerCommands } from './commands/server.ts';
import { addServiceCommands } from './commands/service.ts';
import { addRadlCommands } from './commands/radl.ts';
import { addSetupCommand } from './commands/setup.ts';
import { addSshCommand } from './commands/ssh.ts';
import { addStatusCommand } from './commands/status.ts';
import { addTermsCommands } from './commands/terms.ts';
import { addTransferCommands } from './commands/transfer.ts';
import { withServerOptions } from './choose-server.ts';
import { reportFailure } from './report-failure.ts';

const program = withServerOptions(new Command('trencadis'))
  .description('Deploys distributed services described in RADL, and keeps them as described.')
  .version('0.1.0')
  .showHelpAfterError('(trencadis COMMAND --help tells more)')
  .showSuggestionAfterError()
  .exitOverride();

for (const add of [
  addDeployCommand,
  addPlanCommand,
  addApplyCommand,
  addStatusCommand,
  addChangeCommands,
  addSshCommand,
  addConsoleCommand,
  addLogsCommand,
  addRunningPlanCommands,
  addTermsCommands,
  addDestroyCommand,
  addTransferCommands,
  addDiskCommands,
  addDriftCommand,
  addImageCommands,
  addServiceCommands,
  addRadlCommands,
  addComponentCommands,
  addCloudCommands,
  addAccountCommands,
  addAuditCommand,
  addDemoCommand,
  addSetupCommand,
  addServerCommands,
  addCompleteCommand,
]) {
  add(program);
}

// Whoever reads may have seen enough: `trencadis service events site | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error);
}
