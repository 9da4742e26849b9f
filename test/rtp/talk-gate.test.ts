// When somebody counts as talking.
import t from 'tap';
import { TalkGate } from '../../src/rtp/talk-gate.js';

/** Packets of 20 ms from `from` to `to`; the time of each change. */
function changes(gate: TalkGate, from: number, to: number, loud: boolean): number[] {
  const times: number[] = [];
  for (let at = from; at < to; at += 20) if (gate.packet(loud, 20, at)) times.push(at);
  return times;
}

void t.test('begins with the third loud packet', (t) => {
  const gate = new TalkGate(0);
  t.same(changes(gate, 0, 1000, false), []);
  t.same(changes(gate, 1000, 2000, true), [1040]);
  t.ok(gate.talking);
  t.end();
});

void t.test('a click does not begin it', (t) => {
  const gate = new TalkGate(0);
  for (let at = 0; at < 2000; at += 100) {
    t.same(changes(gate, at, at + 40, true), []);
    t.same(changes(gate, at + 40, at + 100, false), []);
  }
  t.notOk(gate.talking);
  t.end();
});

void t.test('a breath does not end it, 800 ms of quiet do', (t) => {
  const gate = new TalkGate(0);
  changes(gate, 0, 100, true);
  t.same(changes(gate, 100, 800, false), []);
  t.same(changes(gate, 800, 900, true), []);
  t.same(changes(gate, 900, 2500, false), [1680]);
  t.notOk(gate.talking);
  t.end();
});

void t.test('no packets are quiet too', (t) => {
  const gate = new TalkGate(0);
  changes(gate, 0, 100, true);
  t.notOk(gate.silent(200));
  t.notOk(gate.tick(800));
  t.ok(gate.silent(400));
  t.ok(gate.tick(880));
  t.notOk(gate.tick(980));
  t.notOk(gate.packet(true, 20, 2000), 'what was loud before the pause does not count');
  t.notOk(gate.packet(true, 20, 2020));
  t.ok(gate.packet(true, 20, 2040));
  t.end();
});

void t.test('long packets count as long as they are', (t) => {
  t.ok(new TalkGate(0).packet(true, 60, 10));
  t.end();
});

void t.test('goes on as it stood where another listened before', (t) => {
  const gate = new TalkGate(1000, true);
  t.ok(gate.talking);
  t.notOk(gate.packet(true, 20, 1100));
  t.ok(gate.tick(1900));
  t.end();
});
