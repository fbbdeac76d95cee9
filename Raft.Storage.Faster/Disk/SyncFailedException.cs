namespace Raft.Storage.Faster.Disk;

/// <summary>
/// The system could not bring a file or a directory to stable storage. What else of it was on its way is in doubt as well, and no later sync tells: the
/// storage must stop, whoever asked for this one.
/// </summary>
internal sealed class SyncFailedException(string message, int error) : IOException(message, error);
