// The process of the load generator (load-generator.ts): makes the calls it is told to make and reports on them.
import { openMediaSink } from './media-sink.js';
import { LoadRun, type LoadOptions, type LoadResult } from './load-run.js';

export type LoadReply = { readonly result: LoadResult } | { readonly error: string };

const sink = await openMediaSink('127.0.0.1');
process.on('message', (options: LoadOptions) => {
  LoadRun.run(options, sink.port).then(
    (result) => process.send?.({ result } satisfies LoadReply),
    (error: unknown) => process.send?.({ error: String(error) } satisfies LoadReply),
  );
});
process.on('disconnect', () => process.exit(0));
