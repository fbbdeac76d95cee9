using Raft.Core.Storage;

namespace Raft.Storage.Faster;

/// <summary>Something in a storage's directory that is not as an orderly end of its node leaves it.</summary>
/// <param name="Kind">What it means for the node.</param>
/// <param name="File">Path of the file.</param>
/// <param name="Offset">Where in the file, in bytes, as far as it is known.</param>
/// <param name="Message">One line that says what it is, and what to do about damage: the line with which a node refuses to start.</param>
public sealed record StorageFinding(StorageFindingKind Kind, string File, long? Offset, string Message)
{
    internal const string Remedy = "Replace this node by a new one, or restore the directory.";

    internal static StorageFinding Damage(string file, long? offset, string what) => new(StorageFindingKind.Damage, file, offset, $"{what} {Remedy}");

    internal StorageCorruptedException ToException() => new(Message);
}
