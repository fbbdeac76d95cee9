namespace Raft.Core.Sessions;

/// <summary>A session as a snapshot has it.</summary>
internal readonly record struct SessionImage(ulong Id, ulong LastUsed, ulong LowestUnanswered, KeptReply[] Replies);
