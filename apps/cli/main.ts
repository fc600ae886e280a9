#!/usr/bin/env node
import { Command } from 'commander';
import { addAccountCommands } from './commands/account.ts';
import { addApplyCommand } from './commands/apply.ts';
import { addAuditCommand } from './commands/audit.ts';
import { addCloudCommands } from './commands/cloud.ts';
import { addComponentCommands } from './commands/component.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDeployCommand } from './commands/deploy.ts';
import { addDestroyCommand } from './commands/destroy.ts';
import { addImageCommands } from './commands/image.ts';
import { addLogsCommand } from './commands/logs.ts';
import { addPlanCommand } from './commands/plan.ts';
import { addServiceCommands } from './commands/service.ts';
import { addRadlCommands } from './commands/radl.ts';
import { addSetupCommand } from './commands/setup.ts';
import { addSshCommand } from './commands/ssh.ts';
import { addStatusCommand } from './commands/status.ts';
import { addStopCommand } from './commands/stop.ts';
import { reportFailure } from './report-failure.ts';

const program = new Command('trencadis')
  .description('Deploys distributed services described in RADL, and keeps them as described.')
  .version('0.1.0')
  .showHelpAfterError();

for (const add of [
  addDeployCommand,
  addPlanCommand,
  addApplyCommand,
  addStatusCommand,
  addSshCommand,
  addLogsCommand,
  addDestroyCommand,
  addImageCommands,
  addServiceCommands,
  addRadlCommands,
  addComponentCommands,
  addCloudCommands,
  addAccountCommands,
  addAuditCommand,
  addDemoCommand,
  addSetupCommand,
  addStopCommand,
]) {
  add(program);
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error);
}
