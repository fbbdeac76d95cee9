namespace Raft.Jepsen.Running;

/// <summary>Where a run writes what.</summary>
internal sealed class RunFolder
{
    /// <summary>Makes the folder.</summary>
    /// <exception cref="HarnessException">There is something in it, or it can't be written.</exception>
    public RunFolder(string path)
    {
        Root = MakeNew(path);
        Directory.CreateDirectory(Nodes);
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

    /// <summary>Where the disk of a node is mounted that has one of its own.</summary>
    public string Disk(ulong node) => Path.Combine(Nodes, $"{node}", "disk");

    /// <summary>Where a disk is mounted for a moment, to see whether that is possible.</summary>
    public string TriedDisk => Path.Combine(Nodes, "disk");

    /// <summary>The library of faults, and its source.</summary>
    public string Shim => Path.Combine(Nodes, "shim");

    /// <summary>The faults of a node's disk and clocks.</summary>
    public string Faults(ulong node) => Path.Combine(Nodes, $"{node}", "faults");

    /// <summary>What a node wrote.</summary>
    public string Log(ulong node) => Path.Combine(Root, $"node-{node}.log");

    /// <summary>Makes a folder in which there is nothing, and returns its full path.</summary>
    /// <exception cref="HarnessException">There is something in it, or it can't be written.</exception>
    public static string MakeNew(string path)
    {
        string root = Path.GetFullPath(path);
        try
        {
            if (File.Exists(root) || (Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any()))
            {
                throw new HarnessException($"{root} is there already, and nothing in it is overwritten. Name a new folder with --out.");
            }

            return Directory.CreateDirectory(root).FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new HarnessException($"{root} can't be written: {error.Message} Name another folder with --out.", error);
        }
    }

    /// <summary>Removes the data and keys of all nodes.</summary>
    public void RemoveNodes() => Directory.Delete(Nodes, recursive: true);
}
