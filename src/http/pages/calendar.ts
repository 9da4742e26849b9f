// A calendar entry for a conference (RFC 5545). The time is "floating": the same on the clock of whoever opens it, which
// is what people in one office mean.

export interface CalendarEntry {
  /** Unique for ever. */
  readonly uid: string;
  readonly title: string;
  readonly text: string;
  readonly place: string;
  /** YYYY-MM-DD */
  readonly day: string;
  /** HH:MM */
  readonly time: string;
  readonly minutes: number;
  /** Unix ms. */
  readonly madeAt: number;
}

/** Octets of a line before it is folded (RFC 5545, 3.1). */
const longestLine = 75;

/** Undefined = there is no such day or time, or the length is not 1 minute to a day. */
export function calendarFile(entry: CalendarEntry): string | undefined {
  const { day, time, minutes } = entry;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || !/^\d{2}:\d{2}$/.test(time)) return undefined;
  const start = Date.parse(`${day}T${time}:00Z`);
  if (Number.isNaN(start) || !Number.isInteger(minutes) || minutes < 1 || minutes > 1440) return undefined;
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Partyline//Conference//EN',
    'BEGIN:VEVENT',
    `UID:${escape(entry.uid)}`,
    `DTSTAMP:${stamp(entry.madeAt)}Z`,
    `DTSTART:${stamp(start)}`,
    `DURATION:PT${minutes}M`,
    `SUMMARY:${escape(entry.title)}`,
    `LOCATION:${escape(entry.place)}`,
    `DESCRIPTION:${escape(entry.text)}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return `${lines.map(fold).join('\r\n')}\r\n`;
}

function stamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, '');
}

function escape(text: string): string {
  return text.replace(/[\\;,]/g, (character) => `\\${character}`).replace(/\r\n|\r|\n/g, '\\n');
}

/** Counted in octets, broken between characters. */
function fold(line: string): string {
  const folded: string[] = [];
  let part = '';
  for (const character of line) {
    // A continued line begins with a blank.
    if (Buffer.byteLength(part + character) > longestLine - (folded.length > 0 ? 1 : 0)) {
      folded.push(part);
      part = '';
    }
    part += character;
  }
  return [...folded, part].join('\r\n ');
}
