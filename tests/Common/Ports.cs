using System.Net;
using System.Net.Sockets;

namespace Graft.Testing;

/// <summary>TCP ports of this machine.</summary>
internal static class Ports
{
    /// <summary>One that no program uses.</summary>
    internal static int Free()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
