await Promise.reject(new Error('broken while starting'));
export {};
