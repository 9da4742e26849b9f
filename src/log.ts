// Structured logs: one JSON line per event with the call id and the conference, never a PIN. The folders below take
// the small Log interface, so that tests can listen to what is logged and nothing depends on pino itself.
import { pino } from 'pino';
import type { LogLevel } from './settings.js';

export type Fields = Record<string, unknown>;

/** `event` is a short fixed phrase ("call answered"); everything that varies goes into the fields. */
export interface Log {
  debug(event: string, fields?: Fields): void;
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields): void;
  /** A log that adds these fields to every line. */
  child(fields: Fields): Log;
  /** False spares the cost of building a debug line. */
  readonly debugging: boolean;
}

/**
 * JSON lines on standard output; whoever started the process keeps them.
 * @param copy told of every line too
 */
export function createLog(level: LogLevel, copy?: (line: string) => void): Log {
  const output = pino.destination({ dest: 1, sync: false, minLength: 0 });
  const copied = { write: (line: string) => copy?.(line.trimEnd()) };
  const destination = copy
    ? pino.multistream([
        { level, stream: output },
        { level, stream: copied },
      ])
    : output;
  return wrap(
    pino(
      {
        level,
        base: null,
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        redact: { paths: ['pin', 'pins', 'digits', '*.pin', '*.pins', '*.digits'], censor: '[hidden]' },
      },
      destination,
    ),
  );
}

/** A log that keeps nothing: for tools and tests. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
  debugging: false,
};

function wrap(logger: pino.Logger): Log {
  return {
    debug: (event, fields) => logger.debug(fields ?? {}, event),
    info: (event, fields) => logger.info(fields ?? {}, event),
    warn: (event, fields) => logger.warn(fields ?? {}, event),
    error: (event, fields) => logger.error(fields ?? {}, event),
    child: (fields) => wrap(logger.child(fields)),
    debugging: logger.isLevelEnabled('debug'),
  };
}
