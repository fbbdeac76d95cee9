using System.Diagnostics;
using System.Globalization;
using Raft.Jepsen.Checking;
using Raft.Jepsen.Histories;

namespace NexaLoak.Benchmarks.Checking;

/// <summary>
/// How long histories take to be read and judged: right ones, and ones in which the last read sees an old value.
/// <c>checking [--operations N] [--clients N] [--unknown PERCENT]</c>
/// </summary>
internal static class CheckingTime
{
    private const int Keys = 20;

    public static int Run(string[] args)
    {
        if (Read(args) is not var (operations, clients, unknown))
        {
            Console.Error.WriteLine("Usage: checking [--operations 1..1000000] [--clients 1..1000] [--unknown 0..99]");
            return 2;
        }

        Console.WriteLine($"{operations} operations on {Keys} keys, {clients} clients, {unknown} % of the outcomes unknown");
        Console.WriteLine("| History | Size | Reading | Judging | Verdict |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach ((string name, int registers) in new[] { ("registers", Keys), ("half registers, half lists", Keys / 2), ("lists", 0) })
        {
            var settings = new HistorySettings(operations, registers, Keys - registers, clients, unknown);
            IReadOnlyList<HistoryEvent> events = GeneratedHistory.Create(settings);
            Measure(name, events);
            Measure($"{name}, one read wrong", MakeWrong(events));
        }

        return 0;
    }

    private static (int Operations, int Clients, int Unknown)? Read(string[] args)
    {
        (int operations, int clients, int unknown) = (50_000, 40, 10);
        for (int i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length || !int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int value))
            {
                return null;
            }

            switch (args[i])
            {
                case "--operations" when value is >= 1 and <= 1_000_000:
                    operations = value;
                    break;
                case "--clients" when value is >= 1 and <= 1000:
                    clients = value;
                    break;
                case "--unknown" when value <= 99:
                    unknown = value;
                    break;
                default:
                    return null;
            }
        }

        return (operations, clients, unknown);
    }

    private static void Measure(string name, IReadOnlyList<HistoryEvent> events)
    {
        using var file = new MemoryStream();
        using (var writer = new HistoryWriter(file))
        {
            foreach (HistoryEvent next in events)
            {
                writer.Write(next);
            }
        }

        file.Position = 0;
        using var reader = new StreamReader(file);
        long begin = Stopwatch.GetTimestamp();
        History history = HistoryReader.Read(reader);
        long read = Stopwatch.GetTimestamp();
        Verdict verdict = new HistoryChecker().Check(history).Verdict;
        TimeSpan judging = Stopwatch.GetElapsedTime(read);
        string size = $"{file.Length / 1e6:0.0} MB";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {size} | {Stopwatch.GetElapsedTime(begin, read).TotalSeconds:0.0} s | {judging.TotalSeconds:0.0} s | {verdict} |"));
    }

    /// <summary>The last read sees what the first read of its key saw, many changes ago.</summary>
    private static List<HistoryEvent> MakeWrong(IReadOnlyList<HistoryEvent> events)
    {
        var wrong = new List<HistoryEvent>(events);
        int last = wrong.FindLastIndex(next => next is ClientEvent { Seen: not null });
        var read = (ClientEvent)wrong[last];
        ClientEvent first = events.OfType<ClientEvent>().First(next => next.Seen is not null && next.Request.Key == read.Request.Key);
        wrong[last] = read with { Seen = first.Seen };
        return wrong;
    }
}
