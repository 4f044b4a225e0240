Console.WriteLine("graft 0.1.0");
