namespace NexaLoak.Tests.Checking;

/// <summary>What can be planted in a history that was right.</summary>
internal enum PlantedKind
{
    StaleRead,
    LostUpdate,
    LostAppend,
    SplitBrain,
    AppliedTwice,
    Reordered,
    Phantom,
    FailedWriteSeen,
    FutureRead,
    WrongTotal,
    DifferentReplies,
    TooStaleRegister,
    TooStaleList,
}
