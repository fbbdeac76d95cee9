namespace Raft.Jepsen.Checking.Registers;

/// <summary>
/// Looks for an order of a register's operations that fits their real times and what they saw (Wing and Gong, 1993; Lowe, 2017): depth first, without
/// recursion, each state at most once.
/// </summary>
/// <remarks>
/// Four thoughts keep the search small; none of them loses an order that fits. A read that fits now never has to wait. An unknown operation has a place
/// only right before one that sees its value. Writes that nobody sees go together, before the next plain write. And a value that is still needed and that
/// nothing brings back is not left.
/// </remarks>
internal sealed class RegisterSearch
{
    private readonly SearchBudget _budget;
    private readonly SearchState _state;
    private readonly HashSet<ulong[]> _seen = new(new StateKeyComparer());
    private readonly Stack<SearchFrame> _frames = new();
    private readonly List<int> _choices = [];
    private readonly List<int> _wanted = [];
    private readonly int[] _wantedIn;
    private int _round;

    private RegisterSearch(RegisterHistory history, SearchBudget budget)
    {
        _budget = budget;
        _state = new SearchState(history);
        _wantedIn = new int[history.Values];
    }

    /// <summary>Says whether there is such an order; <see cref="Verdict.Unknown"/> when the budget is used up before that is known.</summary>
    public static Verdict Run(RegisterHistory history, SearchBudget budget) =>
        history.HasImpossibleValue ? Verdict.Invalid : new RegisterSearch(history, budget).Run();

    private Verdict Run()
    {
        while (!_state.Pending.IsEmpty)
        {
            if (!_budget.Spend())
            {
                return Verdict.Unknown;
            }

            int firstChoice = _choices.Count;
            AddChoices();
            if (_choices.Count - firstChoice > 1 && !_seen.Add(_state.Key()))
            {
                _choices.RemoveRange(firstChoice, _choices.Count - firstChoice);
            }

            if (!TakeNext(firstChoice) && !StepBack())
            {
                return Verdict.Invalid;
            }
        }

        return Verdict.Valid;
    }

    /// <summary>Undoes steps until another choice is left, and takes it. Returns whether there was one.</summary>
    private bool StepBack()
    {
        while (_frames.TryPop(out SearchFrame frame))
        {
            Undo(frame.Choice, frame.Mark);
            if (TakeNext(frame.FirstChoice))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Takes the last of the choices from <paramref name="firstChoice"/> on that does not lose a needed value. Returns whether there was one.
    /// </summary>
    private bool TakeNext(int firstChoice)
    {
        while (_choices.Count > firstChoice)
        {
            int choice = _choices[^1];
            _choices.RemoveAt(_choices.Count - 1);
            SearchMark mark = choice < _state.RequiredCount ? _state.TakeRequired(choice) : _state.TakeUnknown(choice - _state.RequiredCount);
            if (!_state.IsLost(mark.Value))
            {
                _frames.Push(new SearchFrame(firstChoice, choice, mark));
                return true;
            }

            Undo(choice, mark);
        }

        return false;
    }

    private void Undo(int choice, in SearchMark mark)
    {
        if (choice < _state.RequiredCount)
        {
            _state.UndoRequired(choice, mark);
        }
        else
        {
            _state.UndoUnknown(choice - _state.RequiredCount, mark);
        }
    }

    /// <summary>Puts what may come next on the stack of choices, the most promising last.</summary>
    private void AddChoices()
    {
        if (FindSureStep() is { } sure)
        {
            _choices.Add(sure);
            return;
        }

        AddUnknown(_state.Pending.Deadline());
        bool writes = !_state.MustBeSeen && !AddUnseenWrite();
        int firstRequired = _choices.Count;
        for (int i = _state.Pending.First; i >= 0; i = _state.Pending.NextConcurrent(i))
        {
            RegisterOperation operation = _state.Required(i);
            if (operation.IsBlind ? writes : operation.Needs == _state.Value)
            {
                _choices.Add(i);
            }
        }

        _choices.Reverse(firstRequired, _choices.Count - firstRequired);
    }

    /// <summary>
    /// A read that fits, or a write that nobody sees while the register holds what nobody sees: whatever comes next, it may as well come first.
    /// </summary>
    private int? FindSureStep()
    {
        bool unseen = _state.IsSeenByNobody(_state.Value);
        for (int i = _state.Pending.First; i >= 0; i = _state.Pending.NextConcurrent(i))
        {
            RegisterOperation operation = _state.Required(i);
            if (operation.IsRead ? operation.Needs == _state.Value : unseen && operation.IsBlind && _state.IsSeenByNobody(operation.Leaves))
            {
                return i;
            }
        }

        return null;
    }

    /// <summary>
    /// Adds one write that nobody sees; all others of the kind follow it, and other plain writes need not come before. Returns whether there is one.
    /// </summary>
    private bool AddUnseenWrite()
    {
        for (int i = _state.Pending.First; i >= 0; i = _state.Pending.NextConcurrent(i))
        {
            RegisterOperation operation = _state.Required(i);
            if (operation.IsBlind && _state.IsSeenByNobody(operation.Leaves))
            {
                _choices.Add(i);
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Adds the unknown operations that lead, at once or through others of their kind, to a value that an operation needs which may come next.
    /// </summary>
    private void AddUnknown(long deadline)
    {
        _round++;
        _wanted.Clear();
        for (int i = _state.Pending.First; i >= 0; i = _state.Pending.NextConcurrent(i))
        {
            Want(_state.Required(i).Needs);
        }

        for (int i = 0; i < _wanted.Count; i++)
        {
            foreach (int number in _state.GroupsLeaving[_wanted[i]] ?? [])
            {
                UnknownGroup group = _state.Group(number);
                if (group.IsAvailable(deadline))
                {
                    Consider(number, group);
                }
            }
        }
    }

    private void Consider(int number, UnknownGroup group)
    {
        if (group.Needs == RegisterOperation.None ? !_state.MustBeSeen : group.Needs == _state.Value)
        {
            _choices.Add(_state.RequiredCount + number);
        }
        else
        {
            Want(group.Needs);
        }
    }

    private void Want(int value)
    {
        if (value != RegisterOperation.None && value != _state.Value && _wantedIn[value] != _round)
        {
            _wantedIn[value] = _round;
            _wanted.Add(value);
        }
    }
}
