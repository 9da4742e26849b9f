import t from 'tap';
import { attribute, flag, html, Html } from '../../../src/http/pages/html.js';

void t.test('escapes everything but HTML', (t) => {
  const evil = `<script>"'&`;
  t.equal(
    html`<a title="${evil}">${evil}</a>`.text,
    '<a title="&lt;script&gt;&quot;&#39;&amp;">&lt;script&gt;&quot;&#39;&amp;</a>',
  );
  t.equal(html`<p>${html`<b>${evil}</b>`}</p>`.text, '<p><b>&lt;script&gt;&quot;&#39;&amp;</b></p>');
  t.equal(html`${[1, '<', [new Html('<br>')], undefined, null, false]}`.text, '1&lt;<br>');
  t.equal(html`${0}`.text, '0');
  t.end();
});

void t.test('attributes are there or not', (t) => {
  t.equal(html`<input${flag('checked', true)}${flag('required', false)}>`.text, '<input checked>');
  t.equal(html`<p${attribute('id', '"x')}${attribute('lang', undefined)}>`.text, '<p id="&quot;x">');
  t.end();
});
