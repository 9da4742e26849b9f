// Starts an EmbeddedDrachtio on ports of its own for one test and makes sure that it is stopped again.
import type { Test } from 'tap';
import { EmbeddedDrachtio } from '../../../../src/embedded-drachtio/index.js';
import { RawApp } from './raw-app.js';
import { TcpAgent, UdpAgent } from './user-agent.js';

export const secret = 'cymru';
export const allVerbs = [
  'invite',
  'register',
  'options',
  'message',
  'info',
  'subscribe',
  'notify',
  'refer',
  'publish',
];

type Options = ConstructorParameters<typeof EmbeddedDrachtio>[0];

export { quick } from './quick.js';

/** A started server; stopped when the test ends. */
export async function startServer(t: Test, options: Partial<Options> = {}): Promise<EmbeddedDrachtio> {
  const server = new EmbeddedDrachtio({ adminPort: 0, secret, sipHost: '127.0.0.1', sipPort: 0, ...options });
  await server.start();
  t.teardown(() => server.stop());
  return server;
}

export async function startApp(
  t: Test,
  server: EmbeddedDrachtio,
  verbs: string[] = allVerbs,
): Promise<RawApp> {
  const app = await RawApp.ready(server.adminPort, secret, verbs);
  t.teardown(() => app.stop());
  return app;
}

export async function startUdp(t: Test, server: EmbeddedDrachtio): Promise<UdpAgent> {
  const agent = await new UdpAgent(server.sipPort).start();
  t.teardown(() => agent.stop());
  return agent;
}

export async function startTcp(t: Test, server: EmbeddedDrachtio): Promise<TcpAgent> {
  const agent = await new TcpAgent(server.sipPort).start();
  t.teardown(() => agent.stop());
  return agent;
}
