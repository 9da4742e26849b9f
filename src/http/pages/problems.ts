// The health of the box as a list of problems; what each means and what to do is in the catalogues.
import type { Health } from '../health.js';
import type { MachineState } from './box-facts.js';
import type { Texts } from './texts/index.js';

export type Problem = keyof Texts['problems'];

/** Less than this and the database and logs cannot grow for long, bytes and part of the whole. Ours. */
const leastDisk = 200e6;
const leastDiskPart = 0.05;
/** Node and rtpengine of a busy box take about this much more when they grow, bytes. Ours. */
const leastMemory = 64e6;
/** Processes that want to run, per core: above it packets wait. Ours. */
const mostLoad = 1.5;
/** A Raspberry Pi slows down from 80 °C on (its manual, "frequency management and thermal control"). */
const hot = 80;

/** The worst first. @param httpsFailed HTTPS is wanted and not there */
export function problemsOf(health: Health, machine: MachineState, httpsFailed: boolean): Problem[] {
  const { diskFree, diskTotal, memoryFree, load, cores, temperature } = machine;
  const found: [Problem, boolean][] = [
    ['store', !health.store],
    ['sip', !health.sip],
    ['media', !health.media],
    ['disk', diskTotal > 0 && (diskFree < leastDisk || diskFree < diskTotal * leastDiskPart)],
    ['memory', memoryFree < leastMemory],
    ['hot', temperature !== undefined && temperature >= hot],
    ['load', load > cores * mostLoad],
    ['https', httpsFailed],
  ];
  return found.filter(([, is]) => is).map(([problem]) => problem);
}
