// Further exports, as they land (their shapes are in model.ts):
//   installExporter(shell: RemoteShell, options: ExporterOptions, signal: AbortSignal): Promise<void>
//   createCollector({ clock }): Collector
//   probe(target: ProbeTarget, health: HealthSpec, signal: AbortSignal): Promise<ProbeResult>
//   probeThrough(shell: RemoteShell, { target, health }, signal: AbortSignal): Promise<ProbeResult>
//   createProber(clock: Clock): Prober
//   createCustomMetrics(clock: Clock): CustomMetrics
//   createHeartbeats(clock: Clock): Heartbeats
//   balancerMetrics(previous: Balancer, now: Balancer, elapsedMs: number): BalancerMetrics
export type * from './model.ts';
