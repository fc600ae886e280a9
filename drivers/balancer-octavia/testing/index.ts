export { type OctaviaLab, openLab } from './octavia-lab.ts';
export { type RunningCloud, type RunningOctavia, startOctavia } from './start-octavia.ts';
