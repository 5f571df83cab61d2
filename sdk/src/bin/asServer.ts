#!/usr/bin/env node
import { asError } from "../errors.js";
import { asServerProgram } from "./asServerProgram.js";

try {
  await asServerProgram().parseAsync();
} catch (thrown) {
  process.stderr.write(`as-server: ${asError(thrown).message}\n`);
  process.exitCode = 1;
}
