// Serves update bundles to the box under test, whole or, below /cut/, broken off half-way: for the test of updates by URL.
//
// usage: update-server.js ADDRESS FOLDER   port 8080
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';

const [address = '127.0.0.1', folder = '.'] = process.argv.slice(2);

createServer((request, response) => {
  const path = request.url ?? '/';
  const file = join(folder, basename(path));
  const { size } = statSync(file);
  response.setHeader('Content-Length', size);
  if (!path.startsWith('/cut/')) {
    createReadStream(file).pipe(response);
    return;
  }
  const half = createReadStream(file, { end: Math.floor(size / 2) });
  half.pipe(response, { end: false });
  half.once('end', () => response.destroy());
}).listen(8080, address, () => console.log('serving'));
