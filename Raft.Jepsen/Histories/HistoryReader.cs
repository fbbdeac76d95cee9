using System.Text.Json;

namespace Raft.Jepsen.Histories;

/// <summary>Reads a history, one JSON object a line.</summary>
internal static class HistoryReader
{
    /// <summary>Reads all lines.</summary>
    /// <exception cref="HistoryFormatException">A line is no event, or does not fit those before it.</exception>
    public static History Read(TextReader input)
    {
        var events = new List<HistoryEvent>();
        while (input.ReadLine() is { } line)
        {
            events.Add(ReadLine(line, events.Count + 1));
        }

        return new History(events);
    }

    private static HistoryEvent ReadLine(string text, long line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return new EventParser(document.RootElement).Parse();
        }
        catch (JsonException)
        {
            throw new HistoryFormatException(line, "it is not one whole JSON object; was the writer stopped in the middle of it?");
        }
        catch (FormatException problem)
        {
            throw new HistoryFormatException(line, problem.Message);
        }
    }
}
