import type { Command } from 'commander';
import type { DemoOptions } from '../demo/run-demo.ts';

export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description(
      'deploy the paper’s Key Server (Fig. 3) on this host or a cloud, and store and retrieve a key share through it',
    )
    .option('--yes', 'install missing packages and apply the plan without asking')
    .option('--cloud <name>', 'deploy there instead of on this host; one of libvirt gets its images built')
    .action(async (options: DemoOptions) => {
      const { runDemo } = await import('../demo/run-demo.ts');
      await runDemo(options);
    });
}
