using System.Text.Json;

namespace NexaLoak.Orchestrator.Configuration;

/// <summary>The text of one configuration file, and the way its errors are worded: file, line, JSON path, cause and remedy.</summary>
internal sealed class ConfigurationSource
{
    private readonly JsonLines _lines;

    private ConfigurationSource(string file, JsonElement root, JsonLines lines)
    {
        File = file;
        Root = root;
        _lines = lines;
    }

    /// <summary>Absolute path of the file.</summary>
    public string File { get; }

    /// <summary>Folder that relative paths in the file start from.</summary>
    public string Folder => Path.GetDirectoryName(File)!;

    /// <summary>The whole document.</summary>
    public JsonElement Root { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="OperatorException">The file can't be read, or is not JSON.</exception>
    public static ConfigurationSource Read(string file)
    {
        string path = Path.GetFullPath(file);
        try
        {
            byte[] text = System.IO.File.ReadAllBytes(path);
            ReadOnlySpan<byte> json = text.AsSpan().StartsWith("\uFEFF"u8) ? text.AsSpan(3) : text;
            var options = new JsonDocumentOptions
            {
                CommentHandling = JsonCommentHandling.Skip,
                AllowTrailingCommas = true,
                AllowDuplicateProperties = false,
            };
            JsonElement root = JsonElement.Parse(json, options);
            return new ConfigurationSource(path, root, new JsonLines(json));
        }
        catch (JsonException error)
        {
            throw new OperatorException(
                $"{path} line {error.LineNumber + 1}: the text is not JSON: "
                    + $"{FirstSentence(error.Message)} Correct it, or let 'nexaloak init' write a new one.", error);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new OperatorException(
                $"{path}: there is no such configuration file. "
                    + $"Give the right path with --config, or write one with 'nexaloak init'.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException(
                $"{path}: the configuration can't be read: {error.Message} Check the path and its permissions.", error);
        }
    }

    /// <summary>An error at one place of the file.</summary>
    public OperatorException Error(string jsonPath, string causeAndRemedy)
        => new($"{File} line {_lines.Find(jsonPath)}, {jsonPath}: {causeAndRemedy}");

    /// <summary>A path of the file, which counts from the file's own folder when it is relative.</summary>
    public string Resolve(string path) => Path.GetFullPath(path, Folder);

    // The reader appends its own notation of the place, which the message already has.
    private static string FirstSentence(string message)
    {
        int place = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return place < 0 ? message : message[..place];
    }
}
