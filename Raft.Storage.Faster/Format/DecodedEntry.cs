using Raft.Core.Log;

namespace Raft.Storage.Faster.Format;

/// <summary>The head of an entry's record, as read.</summary>
/// <param name="Crc">Its checksum.</param>
/// <param name="Stamp">Its place in the stream.</param>
/// <param name="Type">Type of the entry.</param>
/// <param name="Id">Term and index of the entry.</param>
/// <param name="PayloadBytes">Size of the payload that follows the head.</param>
internal readonly record struct DecodedEntry(uint Crc, RecordStamp Stamp, EntryType Type, LogId Id, int PayloadBytes);
