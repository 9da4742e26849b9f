// How an expectation table bends a capture where our server is meant to do something else than the captured one.
// A difference names the line of the capture, so that nothing else of that capture is loosened.
import { type Trace, type TraceEvent } from './trace-reader.js';

/** One deliberate difference: what is dropped, changed or added, and why. */
export interface Difference {
  /** Lines of the capture (as in TraceEvent.line) that this is about. */
  lines: number[];
  /** Edits the text of each of these events; without it they are left out. */
  edit?: (text: string) => string;
  /** Events put in the place of the last of these lines (or after it, where `edit` keeps it). */
  add?: Array<Pick<TraceEvent, 'channel' | 'direction' | 'text'>>;
  why: string;
}

/** The capture as this server must play it. Throws where a difference names a line that holds no event. */
export function applyDifferences(trace: Trace, differences: Difference[]): TraceEvent[] {
  const lines = new Set(trace.events.map((event) => event.line));
  for (const difference of differences) {
    const lost = difference.lines.filter((line) => !lines.has(line));
    if (lost.length > 0) throw new Error(`${trace.name}: no event at line ${lost.join(', ')}`);
  }
  return trace.events.flatMap((event) => {
    const difference = differences.find(({ lines: named }) => named.includes(event.line));
    if (!difference) return [event];
    const kept = difference.edit ? [{ ...event, text: difference.edit(event.text) }] : [];
    const isLast = difference.lines[difference.lines.length - 1] === event.line;
    const added = isLast
      ? (difference.add ?? []).map((extra) => ({
          ...extra,
          line: event.line,
          ms: event.ms,
          truncated: false,
        }))
      : [];
    return [...kept, ...added];
  });
}
