using System.Diagnostics;
using System.Globalization;
using Raft.Storage.Faster.Disk;

namespace Raft.Jepsen.Running.Faults;

/// <summary>What a <see cref="FaultProbe"/> asks a process for: with the same calls as the storage and the timers of a node make.</summary>
internal static class FaultProbeAnswers
{
    public const string Clocks = "clocks", Write = "write ", Sync = "sync ", Wait = "wait ";

    /// <summary>Says that a call worked.</summary>
    public const string Done = "done";

    /// <summary>Answers each line of the input until its end.</summary>
    public static void Give(TextReader input, TextWriter output)
    {
        while (input.ReadLine() is { } question)
        {
            output.WriteLine(Answer(question));
        }
    }

    private static string Answer(string question) => question switch
    {
        Clocks => Join(
            DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), (long)Stopwatch.GetElapsedTime(0).TotalMilliseconds, Environment.TickCount64),
        _ when question.StartsWith(Write, StringComparison.Ordinal) => Try(question[Write.Length..], file => file.Write(0, "data"u8)),
        _ when question.StartsWith(Sync, StringComparison.Ordinal) => Try(question[Sync.Length..], file => file.Sync()),
        _ when question.StartsWith(Wait, StringComparison.Ordinal) => WaitFor(int.Parse(question[Wait.Length..], CultureInfo.InvariantCulture)),
        _ => throw new HarnessException($"The probe is asked for '{question}', and knows no such thing."),
    };

    private static string Try(string path, Action<LocalFile> call)
    {
        try
        {
            using var file = LocalFile.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
            call(file);
            return Done;
        }
        catch (IOException error)
        {
            return error.Message;
        }
    }

    /// <summary>How long three kinds of waits last by this process's own clock.</summary>
    private static string WaitFor(int milliseconds)
    {
        long sleep = Timed(() => Thread.Sleep(milliseconds));
        long delay = Timed(() => Task.Delay(milliseconds).Wait());
        object monitor = new();
        long wait = Timed(() =>
        {
            lock (monitor)
            {
                Monitor.Wait(monitor, milliseconds);
            }
        });
        return Join(sleep, delay, wait);
    }

    private static long Timed(Action wait)
    {
        long began = Stopwatch.GetTimestamp();
        wait();
        return (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static string Join(params long[] numbers) => string.Join(' ', numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)));
}
