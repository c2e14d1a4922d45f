/** A helper that declares no step. */

exports.prefix = (value) => ({ read: value });
