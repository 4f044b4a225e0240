using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Graft.Torch.Distributed;

/// <summary>The address of this machine at which other processes reach it.</summary>
internal static class LocalAddress
{
    private const string Chosen = "GLOO_SOCKET_IFNAME";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    /// <summary>The address of the interface that <c>GLOO_SOCKET_IFNAME</c> names, else of the one that leads to the machine of rank 0.</summary>
    /// <param name="host">The machine of rank 0.</param>
    /// <param name="port">Its port.</param>
    /// <param name="limit">How long to wait until the machine is known: a new one may get its name while others wait for it.</param>
    /// <exception cref="GraftException">Of kind Usage: there is no such interface, or no such machine.</exception>
    internal static IPAddress Towards(string host, int port, TimeSpan limit)
    {
        if (Environment.GetEnvironmentVariable(Chosen) is { Length: > 0 } name)
        {
            return Of(name.Split(',')[0]);
        }

        for (Stopwatch watch = Stopwatch.StartNew(); ; Thread.Sleep(Pause))
        {
            try
            {
                return Route(host, port);
            }
            catch (Exception error) when (error is SocketException or InvalidOperationException)
            {
                if (watch.Elapsed + Pause > limit)
                {
                    throw new GraftException(
                        Failure.Usage, $"MASTER_ADDR is '{host}', to which this machine finds no way: {error.Message}.",
                        $"Give the name or address of the machine of rank 0; {Chosen} chooses the interface.", error);
                }
            }
        }
    }

    private static IPAddress Of(string name)
    {
        NetworkInterface[] all = NetworkInterface.GetAllNetworkInterfaces();
        return all.FirstOrDefault(one => one.Name == name)?.GetIPProperties().UnicastAddresses.Select(one => one.Address).OrderBy(address => address.AddressFamily == AddressFamily.InterNetworkV6).FirstOrDefault()
            ?? throw new GraftException(
                Failure.Usage, $"{Chosen} is '{name}', which is no interface of this machine with an address.", $"It has {string.Join(", ", all.Select(one => one.Name))}.");
    }

    private static IPAddress Route(string host, int port)
    {
        IPAddress target = Dns.GetHostAddresses(host).OrderBy(address => address.AddressFamily == AddressFamily.InterNetworkV6).First();
        // Connecting a datagram socket sends nothing: the system only chooses the interface.
        using Socket socket = new(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(target, port);
        return ((IPEndPoint)socket.LocalEndPoint!).Address;
    }
}
