/** The descriptor over which a server process is told its options, tells that it is ready, and sees that its parent is gone. */
export const lifelineDescriptor = 3;
