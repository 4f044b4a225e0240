namespace Graft.Runtime.Inference;

/// <summary>Counts who uses a native object, so that disposing it waits for the last use instead of pulling it away.</summary>
/// <param name="release">Frees the object; called once.</param>
internal sealed class UseCount(Action release)
{
    private readonly object _lock = new();
    private int _users;
    private bool _isDisposed, _isReleased;

    /// <summary>Starts a use; false when the object is disposed.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return false;
            }

            _users++;
            return true;
        }
    }

    /// <summary>Ends a use.</summary>
    public void Leave() => Change(-1, false);

    /// <summary>Lets no further use start and frees the object when the last ends.</summary>
    public void Dispose() => Change(0, true);

    private void Change(int users, bool disposes)
    {
        bool releases;
        lock (_lock)
        {
            _users += users;
            _isDisposed |= disposes;
            releases = _isDisposed && _users == 0 && !_isReleased;
            _isReleased |= releases;
        }

        if (releases)
        {
            release();
        }
    }
}
