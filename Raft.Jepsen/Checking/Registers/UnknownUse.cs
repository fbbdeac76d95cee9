using System.Numerics;

namespace Raft.Jepsen.Checking.Registers;

/// <summary>How many of each group of unknown operations have a place in the order, in as few words as possible.</summary>
internal sealed class UnknownUse
{
    private readonly (int Word, int Shift)[] _places;

    public UnknownUse(IReadOnlyList<UnknownGroup> groups)
    {
        _places = new (int, int)[groups.Count];
        (int word, int shift) = (0, 0);
        for (int i = 0; i < groups.Count; i++)
        {
            int bits = BitOperations.Log2((uint)groups[i].Size) + 1;
            if (shift + bits > 64)
            {
                (word, shift) = (word + 1, 0);
            }

            _places[i] = (word, shift);
            shift += bits;
        }

        Words = new ulong[groups.Count == 0 ? 0 : word + 1];
    }

    public ulong[] Words { get; }

    public void Add(int group) => Words[_places[group].Word] += 1UL << _places[group].Shift;

    public void Remove(int group) => Words[_places[group].Word] -= 1UL << _places[group].Shift;
}
