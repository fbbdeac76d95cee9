using Microsoft.Extensions.Logging;

namespace Raft.Storage.Faster;

/// <summary>The log messages of this package.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Storage in {Directory} opened: {Count} entries up to index {Last}, term {Term}, incarnation {Incarnation}.")]
    public static partial void Opened(this ILogger logger, string directory, ulong count, ulong last, ulong term, uint incarnation);

    [LoggerMessage(
        2,
        LogLevel.Warning,
        "A crash had interrupted a commit that was never acknowledged: cut {Bytes} bytes at {Place}, behind index {LastIndex}.")]
    public static partial void InterruptedCommitCut(this ILogger logger, string place, long bytes, ulong lastIndex);

    [LoggerMessage(
        3,
        LogLevel.Warning,
        "Storage in {Directory} keeps the page size {PageBytes} and segment size {SegmentBytes} with which it was created.")]
    public static partial void GeometryKept(this ILogger logger, string directory, int pageBytes, long segmentBytes);

    [LoggerMessage(4, LogLevel.Critical, "Storage in {Directory} failed and stops for good.")]
    public static partial void Failed(this ILogger logger, Exception error, string directory);

    [LoggerMessage(5, LogLevel.Warning, "Could not delete {File}, which is not needed any more. The next opening deletes it.")]
    public static partial void NotDeleted(this ILogger logger, Exception error, string file);

    [LoggerMessage(6, LogLevel.Warning, "Could not give back the first {Bytes} bytes of {File}, which are not needed any more. They go with the file.")]
    public static partial void NotDiscarded(this ILogger logger, Exception error, long bytes, string file);
}
