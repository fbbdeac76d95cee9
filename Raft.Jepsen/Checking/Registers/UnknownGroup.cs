namespace Raft.Jepsen.Checking.Registers;

/// <summary>
/// Operations with unknown outcome that need and leave the same: one is as good as another once both have begun, so they are used in the order of their
/// beginnings.
/// </summary>
/// <param name="needs">The value that they need; <see cref="RegisterOperation.None"/> for plain writes.</param>
/// <param name="leaves">The value that they leave.</param>
internal sealed class UnknownGroup(int needs, int leaves)
{
    private readonly List<long> _calls = [];

    public int Needs => needs;

    public int Leaves => leaves;

    public int Size => _calls.Count;

    /// <summary>How many of them have a place in the order.</summary>
    public int Used { get; set; }

    /// <summary>Adds the one that begins next.</summary>
    public void Add(long call) => _calls.Add(call);

    /// <summary>One is left, and began before a line.</summary>
    public bool IsAvailable(long line) => Used < _calls.Count && _calls[Used] < line;
}
