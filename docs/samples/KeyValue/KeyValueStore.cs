using System.Collections.Immutable;
using System.Text.Json;
using Raft.Core.Log;
using Raft.Core.StateMachine;

namespace KeyValue;

internal sealed class KeyValueStore : ISnapshotStateMachine
{
    // Immutable: readers need no lock, and a snapshot is a reference to it.
    private volatile ImmutableDictionary<string, string> _values = ImmutableDictionary<string, string>.Empty;

    public static byte[] Put(string key, string value) => JsonSerializer.SerializeToUtf8Bytes(new KeyValuePair<string, string>(key, value));

    public string? Get(string key) => _values.GetValueOrDefault(key);

    public ReadOnlyMemory<byte> Apply(in Entry entry)
    {
        var (key, value) = JsonSerializer.Deserialize<KeyValuePair<string, string>>(entry.Payload.Span);
        _values = _values.SetItem(key, value);
        return default;
    }

    public IStateMachineSnapshot Capture() => new Captured(_values);

    public void Restore(Stream content) => _values = JsonSerializer.Deserialize<ImmutableDictionary<string, string>>(content)!;

    private sealed class Captured(ImmutableDictionary<string, string> values) : IStateMachineSnapshot
    {
        public void WriteTo(Stream content, CancellationToken cancellationToken) => JsonSerializer.Serialize(content, values);

        public void Dispose()
        {
        }
    }
}
