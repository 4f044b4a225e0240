namespace Graft.Data;

/// <summary>Computes results in the background and yields them in order.</summary>
internal static class Prefetch
{
    /// <summary>
    /// The results for first, first + 1, … count − 1, in this order; at most <paramref name="workers"/> are computed or waiting at a time.
    /// </summary>
    /// <param name="first">Number of the first.</param>
    /// <param name="count">Number after the last.</param>
    /// <param name="workers">How many at a time; 0: none in the background.</param>
    /// <param name="make">Called on other threads; must not depend on the order of calls.</param>
    /// <param name="drop">Called for results that were not consumed.</param>
    /// <param name="stop">Ends the sequence early, without an error.</param>
    public static IEnumerable<T> InOrder<T>(
        int first, int count, int workers, Func<int, T> make, Action<T> drop, CancellationToken stop)
    {
        Queue<Task<T>> running = new();
        LoaderThreads.Shared.Grow(workers);
        int next = first;
        try
        {
            for (int taken = first; taken < count && !stop.IsCancellationRequested; taken++)
            {
                if (workers == 0)
                {
                    yield return make(taken);
                    continue;
                }

                Fill();
                Task<T> task = running.Peek();
                Wait(task, stop);
                if (stop.IsCancellationRequested)
                {
                    yield break;
                }

                T result = task.GetAwaiter().GetResult();
                running.Dequeue();
                Fill();
                yield return result;
            }
        }
        finally
        {
            // Nothing may keep running after the sequence ends: its images are about to be freed.
            foreach (Task<T> task in running)
            {
                Wait(task, CancellationToken.None);
                if (task.IsCompletedSuccessfully)
                {
                    drop(task.Result);
                }
            }
        }

        void Fill()
        {
            while (running.Count < workers && next < count && !stop.IsCancellationRequested)
            {
                int number = next++;
                running.Enqueue(Task.Factory.StartNew(
                    () => make(number), CancellationToken.None, TaskCreationOptions.DenyChildAttach, LoaderThreads.Shared));
            }
        }
    }

    private static void Wait(Task task, CancellationToken stop)
    {
        try
        {
            Task.WaitAny([task], stop);
        }
        catch (OperationCanceledException)
        {
            // The caller checks the token.
        }
    }
}
