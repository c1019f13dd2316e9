/** The one connection to the terminal's database; only this folder knows what it is. */
import type Database from 'better-sqlite3';

export type Connection = Database.Database;
