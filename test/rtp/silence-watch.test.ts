import { once } from 'node:events';
import t from 'tap';
import type { Silence } from '../../src/rtp/index.js';
import { addAll, Box, listen, mesh, type Caller } from './box.js';

void t.test(
  'a phone that vanished is found, patched or not; one that talks or holds is left alone',
  async (t) => {
    const box = await Box.open(t);
    const callers = await box.dialMany(4);
    const [talks, vanishes, holds, holdsWithRtcp] = callers as [Caller, Caller, Caller, Caller];
    const room = box.engine.createRoom('r');
    addAll(room, callers);
    await room.apply(mesh(4));
    await listen(200);
    const found: Silence[] = [];
    box.engine.on('silent', (silence) => found.push(silence));
    box.engine.watchSilence(1000);
    for (const caller of [holds, holdsWithRtcp]) {
      await caller.ingress.reoffer(caller.phone.sdp(undefined, ['a=sendonly']));
      caller.phone.mute = true;
    }
    holdsWithRtcp.phone.sendRtcp();
    vanishes.phone.mute = true;
    await once(box.engine, 'silent');
    while (found.length < 2) await once(box.engine, 'silent');
    await listen(700);
    const ids = found.map(({ callId }) => callId).sort();
    t.same(ids, [vanishes.ingress.callId, holdsWithRtcp.ingress.callId].sort(), 'each once');
    t.equal(found.find(({ callId }) => callId === holdsWithRtcp.ingress.callId)?.held, true);
    t.ok(found.every(({ ms }) => ms >= 2000 && ms < 5000));
    t.equal(talks.ingress.released, false);
  },
);
