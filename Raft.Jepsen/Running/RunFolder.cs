namespace Raft.Jepsen.Running;

/// <summary>Where a run writes what.</summary>
internal sealed class RunFolder
{
    /// <summary>Makes the folder.</summary>
    /// <exception cref="HarnessException">There is something in it, or it can't be written.</exception>
    public RunFolder(string path)
    {
        Root = Path.GetFullPath(path);
        try
        {
            if (File.Exists(Root) || (Directory.Exists(Root) && Directory.EnumerateFileSystemEntries(Root).Any()))
            {
                throw new HarnessException($"{Root} is there already, and nothing in it is overwritten. Name a new folder with --out.");
            }

            Directory.CreateDirectory(Nodes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new HarnessException($"{Root} can't be written: {error.Message} Name another folder with --out.", error);
        }
    }

    /// <summary>The folder.</summary>
    public string Root { get; }

    /// <summary>The history, one JSON object a line.</summary>
    public string History => Path.Combine(Root, "history.jsonl");

    /// <summary>The verdict and the figures.</summary>
    public string Results => Path.Combine(Root, "results.json");

    /// <summary>Who said when that it leads, one JSON object a line.</summary>
    public string Leaders => Path.Combine(Root, "leaders.jsonl");

    private string Nodes => Path.Combine(Root, "nodes");

    /// <summary>The part of the history about keys of one kind, in the form of Jepsen.</summary>
    public string Edn(string kind) => Path.Combine(Root, $"history-{kind}.edn");

    /// <summary>A picture of the run.</summary>
    public string Picture(string name) => Path.Combine(Root, $"{name}.svg");

    /// <summary>A node's certificate and key.</summary>
    public string Tls(ulong node) => Path.Combine(Nodes, $"{node}", "tls");

    /// <summary>A node's data.</summary>
    public string Data(ulong node) => Path.Combine(Nodes, $"{node}", "data");

    /// <summary>The library of faults, and its source.</summary>
    public string Shim => Path.Combine(Nodes, "shim");

    /// <summary>The faults of a node's disk and clocks.</summary>
    public string Faults(ulong node) => Path.Combine(Nodes, $"{node}", "faults");

    /// <summary>What a node wrote.</summary>
    public string Log(ulong node) => Path.Combine(Root, $"node-{node}.log");

    /// <summary>Removes the data and keys of all nodes.</summary>
    public void RemoveNodes() => Directory.Delete(Nodes, recursive: true);
}
