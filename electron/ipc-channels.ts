/** The two names that main and the preload share. Everything else that crosses is named by the contract. */

/** Window → main: one call of the contract, by name. */
export const CALL_CHANNEL = 'fieldtill:call';
/** Main → window: one event of the contract, by name. */
export const EVENT_CHANNEL = 'fieldtill:event';
