namespace Raft.Storage.Faster.Inspection;

/// <summary>A file in a storage's directory.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Role">What it is for.</param>
public sealed record StorageFile(string Name, long Bytes, StorageFileRole Role);
