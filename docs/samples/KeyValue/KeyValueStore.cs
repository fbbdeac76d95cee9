using System.Collections.Concurrent;
using System.Text.Json;
using Raft.Core.Log;
using Raft.Core.StateMachine;

namespace KeyValue;

internal sealed class KeyValueStore : IStateMachine
{
    private readonly ConcurrentDictionary<string, string> _values = new();

    public static byte[] Put(string key, string value) => JsonSerializer.SerializeToUtf8Bytes(new KeyValuePair<string, string>(key, value));

    public string? Get(string key) => _values.GetValueOrDefault(key);

    public ReadOnlyMemory<byte> Apply(in Entry entry)
    {
        var (key, value) = JsonSerializer.Deserialize<KeyValuePair<string, string>>(entry.Payload.Span);
        _values[key] = value;
        return default;
    }
}
