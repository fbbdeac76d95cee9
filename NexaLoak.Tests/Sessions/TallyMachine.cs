using System.Text;
using Raft.Core.Log;
using Raft.Core.StateMachine;

namespace NexaLoak.Tests.Sessions;

/// <summary>Remembers every command and answers with how many there were; a command that ends in <c>#N</c> gets N bytes more.</summary>
internal sealed class TallyMachine : ISnapshotStateMachine
{
    public List<string> Commands { get; private set; } = [];

    public static string ReplyTo(string command, int count)
    {
        int mark = command.IndexOf('#', StringComparison.Ordinal);
        return $"{count}:{command}" + new string('.', mark < 0 ? 0 : int.Parse(command[(mark + 1)..]));
    }

    public ReadOnlyMemory<byte> Apply(in Entry entry)
    {
        Commands.Add(Encoding.UTF8.GetString(entry.Payload.Span));
        return Encoding.UTF8.GetBytes(ReplyTo(Commands[^1], Commands.Count));
    }

    public IStateMachineSnapshot Capture() => new Image([.. Commands]);

    public void Restore(Stream content)
    {
        using var reader = new StreamReader(content);
        Commands = [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private sealed class Image(string[] commands) : IStateMachineSnapshot
    {
        public void WriteTo(Stream content, CancellationToken cancellationToken) => content.Write(Encoding.UTF8.GetBytes(string.Join('\n', commands)));

        public void Dispose()
        {
        }
    }
}
