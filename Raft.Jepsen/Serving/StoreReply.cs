using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Raft.Jepsen.Serving;

/// <summary>Makes the answers to clients: one JSON object each, whose <c>outcome</c> tells what became of the request.</summary>
internal static class StoreReply
{
    /// <summary>The request was carried out.</summary>
    public const string Ok = "ok";

    /// <summary>The request was certainly not carried out, and never will be.</summary>
    public const string Fail = "fail";

    /// <summary>The request may be carried out now, later, or never.</summary>
    public const string Unknown = "unknown";

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A command was applied at an index.</summary>
    public static byte[] Applied(ulong index) => Encoding.UTF8.GetBytes($$"""{"outcome":"{{Ok}}","index":{{index}}}""");

    /// <summary>The state machine refused a command at an index.</summary>
    public static byte[] Refused(ulong index, string error)
        => Write(json =>
        {
            json.WriteString("outcome", Fail);
            json.WriteNumber("index", index);
            json.WriteString("error", error);
        });

    /// <summary>Anything but a success that the state machine did not decide on.</summary>
    /// <param name="outcome"><see cref="Fail"/> or <see cref="Unknown"/>.</param>
    /// <param name="error">Why.</param>
    /// <param name="leader">Who leads, as far as known; 0 when nobody is.</param>
    public static byte[] Error(string outcome, string error, ulong leader)
        => Write(json =>
        {
            json.WriteString("outcome", outcome);
            json.WriteString("error", error);
            if (leader != 0)
            {
                json.WriteNumber("leader", leader);
            }
        });

    /// <summary>What a read saw.</summary>
    /// <param name="run">Which start of the node answered.</param>
    /// <param name="write">Writes the value.</param>
    public static byte[] Read(long run, Action<Utf8JsonWriter> write)
        => Write(json =>
        {
            json.WriteString("outcome", Ok);
            json.WriteNumber("run", run);
            json.WritePropertyName("value");
            write(json);
        });

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Readable))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
