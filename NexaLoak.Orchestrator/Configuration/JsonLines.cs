using System.Text.Json;

namespace NexaLoak.Orchestrator.Configuration;

/// <summary>Knows on which line of a JSON text each value begins, by its JSON path.</summary>
internal sealed class JsonLines
{
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);

    /// <param name="json">A text that is known to be well formed.</param>
    public JsonLines(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(
            json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var open = new Stack<(string Path, int Items)>();
        string path = "$";
        int line = 1;
        long counted = 0;
        while (reader.Read())
        {
            line += json[(int)counted..(int)reader.TokenStartIndex].Count((byte)'\n');
            counted = reader.TokenStartIndex;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    path = $"{open.Peek().Path}.{reader.GetString()}";
                    _lines[path] = line;
                    continue;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    open.Pop();
                    continue;
            }

            if (open.TryPeek(out (string Path, int Items) parent) && parent.Items >= 0)
            {
                open.Pop();
                open.Push((parent.Path, parent.Items + 1));
                path = $"{parent.Path}[{parent.Items}]";
            }

            _lines.TryAdd(path, line);
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                open.Push((path, reader.TokenType is JsonTokenType.StartArray ? 0 : -1));
            }
        }
    }

    /// <summary>The line of the value at <paramref name="path"/>, or of the closest value around it.</summary>
    public int Find(string path)
    {
        int line;
        while (!_lines.TryGetValue(path, out line))
        {
            path = path[..Math.Max(path.LastIndexOfAny(['.', '[']), 1)];
        }

        return line;
    }
}
