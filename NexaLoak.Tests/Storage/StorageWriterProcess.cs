using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Raft.Core.Log;
using Raft.Core.Membership;
using Raft.Core.Storage.Conformance;
using Raft.Storage.Faster;

namespace NexaLoak.Tests.Storage;

/// <summary>
/// A process that appends to a storage until it is killed, and prints the last index of each write that was reported durable. It is this
/// assembly, started once more with a variable that makes it write instead of test.
/// </summary>
internal static class StorageWriterProcess
{
    private const string DirectoryVariable = "NEXALOAK_TEST_STORAGE_WRITER";

    public static FasterStorageOptions OptionsFor(string directory) => new()
    {
        Directory = directory, Identity = "writer", PageBytes = 16 << 10, MemoryBytes = 64 << 10, SegmentBytes = 64 << 10,
    };

    public static Process Start(string directory)
    {
        string host = Path.GetFileName(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        var start = new ProcessStartInfo(host, ["exec", typeof(StorageWriterProcess).Assembly.Location]) { RedirectStandardOutput = true };
        start.Environment[DirectoryVariable] = directory;

        // One that is killed would leave what a debugger needs of it.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return Process.Start(start)!;
    }

    /// <summary>The entry that the process writes at an index in its opening of a term.</summary>
    public static Entry EntryAt(ulong term, ulong index) => SampleData.Entry(term, index, (int)(index % 700));

    [ModuleInitializer]
    internal static void WriteWhenAsked()
    {
        if (Environment.GetEnvironmentVariable(DirectoryVariable) is string directory)
        {
            // Other threads can run nothing of this assembly before the initializer ends; the process lives on for this one.
            new Thread(() => Write(directory)).Start();
        }
    }

    private static void Write(string directory)
    {
        var session = new StorageSession(FasterRaftStorage.Open(OptionsFor(directory)));
        ulong term = session.Storage.Recovered.HardState.Term + 1;
        ulong last = session.Storage.Recovered.LastIndex;
        while (true)
        {
            Entry[] entries = [.. Enumerable.Range(1, 1 + (int)(last % 5)).Select(i => EntryAt(term, last + (ulong)i))];
            last += (ulong)entries.Length;
            session.Listener.WaitFor(session.Enqueue(new HardState(term, new NodeId(term), last), entries));
            Console.WriteLine(last.ToString(CultureInfo.InvariantCulture));
        }
    }
}
