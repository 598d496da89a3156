// Starts Azurite and ends with the process that started it: when that one dies, however it dies, its end of this
// process's standard input closes. Azurite saves its data on SIGTERM, so it is ended by that and not by an exit.
'use strict';

const end = () => process.kill(process.pid, 'SIGTERM');
process.stdin.on('end', end);
process.stdin.on('error', end);
process.stdin.resume();

// Ctrl+C in a terminal reaches every process there. The host then lets running functions end, which still need storage.
const once = process.once.bind(process);
process.once = (name, listener) => (name === 'SIGINT' ? process : once(name, listener));
process.on('SIGINT', () => {});

require('azurite/dist/src/azurite.js');
