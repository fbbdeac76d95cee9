using System.Globalization;
using System.Net;
using System.Text.Json;

namespace NexaLoak.Orchestrator.Configuration;

/// <summary>
/// Reads the values of one JSON object. Every key that was not asked for by the end is an error, so that no typing mistake stays unseen.
/// </summary>
internal sealed class ConfigurationSection
{
    private readonly ConfigurationSource _source;
    private readonly JsonElement _element;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public ConfigurationSection(ConfigurationSource source, JsonElement element, string path)
    {
        _source = source;
        _element = element;
        Path = path;
        if (element.ValueKind is not JsonValueKind.Object)
        {
            throw source.Error(path, $"an object is expected, not {Kind(element)}. Write {{ … }} here.");
        }
    }

    /// <summary>JSON path of the object.</summary>
    public string Path { get; }

    /// <summary>Reads an object; an empty one when it is optional and not there.</summary>
    public ConfigurationSection Section(string key, bool optional = false)
        => Find(key) is { } value ? new(_source, value, At(key))
            : optional ? new(_source, JsonElement.Parse("{}"), At(key))
            : throw Missing(key);

    /// <summary>Reads an array of objects.</summary>
    public IReadOnlyList<ConfigurationSection> Sections(string key)
    {
        JsonElement value = Find(key) ?? throw Missing(key);
        return value.ValueKind is JsonValueKind.Array
            ? [.. value.EnumerateArray().Select((item, index) => new ConfigurationSection(_source, item, $"{At(key)}[{index}]"))]
            : throw Error(key, $"an array is expected, not {Kind(value)}. Write [ … ] here.");
    }

    /// <summary>Reads a string that is not empty.</summary>
    public string Text(string key, string? fallback = null)
    {
        if (Find(key) is not { } value)
        {
            return fallback ?? throw Missing(key);
        }

        return value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : throw Error(key, $"a text in quotes is expected, not {Kind(value)}. Write one.");
    }

    /// <summary>Reads a whole number within bounds.</summary>
    public int Number(string key, int least, int most, int? fallback = null)
    {
        if (Find(key) is not { } value)
        {
            return fallback ?? throw Missing(key);
        }

        return value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out int number) && number >= least && number <= most
            ? number
            : throw Error(key, $"a whole number from {least} to {most} is expected, not {Kind(value)}. Write one.");
    }

    /// <summary>Reads a time in milliseconds.</summary>
    public TimeSpan Milliseconds(string key, int least, int most, TimeSpan? fallback = null)
        => TimeSpan.FromMilliseconds(Number(key, least, most, (int?)fallback?.TotalMilliseconds));

    /// <summary>Reads a dotted IPv4 address.</summary>
    public IPAddress Address(string key)
        => Ip.TryParse(Text(key), out IPAddress? address)
            ? address
            : throw Error(key, $"'{Text(key)}' is not an IPv4 address. Write four numbers, such as 203.0.113.7.");

    /// <summary>Reads <c>ADDRESS:PORT</c>.</summary>
    public IPEndPoint EndPoint(string key, IPEndPoint? fallback = null)
    {
        if (Find(key) is null)
        {
            return fallback ?? throw Missing(key);
        }

        string[] parts = Text(key).Split(':');
        return parts.Length == 2 && Ip.TryParse(parts[0], out IPAddress? address)
            && ushort.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port > 0
            ? new IPEndPoint(address, port)
            : throw Error(key, $"'{Text(key)}' is not an address with a port. Write it as 203.0.113.7:7400.");
    }

    /// <summary>Reads the path of a file that exists.</summary>
    public string ExistingFile(string key)
    {
        string path = _source.Resolve(Text(key));
        return File.Exists(path) ? path : throw Error(key, $"there is no file {path}. Copy it there, or correct the path.");
    }

    /// <summary>Reads a path; relative ones count from the configuration file's folder.</summary>
    public string PathOf(string key) => _source.Resolve(Text(key));

    /// <summary>Ends the reading: whatever was not asked for is refused.</summary>
    public void Close()
    {
        foreach (JsonProperty property in _element.EnumerateObject())
        {
            if (!_known.Contains(property.Name))
            {
                throw Error(property.Name, $"unknown key. The keys here are {string.Join(", ", _known.Order(StringComparer.Ordinal))}.");
            }
        }
    }

    /// <summary>An error at one key of this object.</summary>
    public OperatorException Error(string key, string causeAndRemedy) => _source.Error(At(key), causeAndRemedy);

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        _ => value.GetRawText(),
    };

    private JsonElement? Find(string key)
    {
        _known.Add(key);
        return _element.TryGetProperty(key, out JsonElement value) ? value : null;
    }

    private OperatorException Missing(string key) => Error(key, "this key is missing. Add it.");

    private string At(string key) => $"{Path}.{key}";
}
