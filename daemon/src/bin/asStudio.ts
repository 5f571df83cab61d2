#!/usr/bin/env node
import { StudioError } from "../errors.js";
import { asStudioProgram } from "./asStudioProgram.js";

try {
  await asStudioProgram().parseAsync();
} catch (thrown) {
  const { message, logText } = StudioError.from(thrown);
  process.stderr.write(`as-studio: ${logText === "" ? message : logText}\n`);
  process.exitCode = 1;
}
