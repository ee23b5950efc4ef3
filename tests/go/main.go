// A node of Go nano, for the tests of nodes of both kinds in one cluster.
//
//	node master|member <address> <address of the master> <label> [<address for clients>]
package main

import (
	"errors"
	"os"

	"github.com/lonng/nano"
	"github.com/lonng/nano/component"
	"github.com/lonng/nano/serialize/json"
	"github.com/lonng/nano/session"
)

// Text is the message of all routes.
type Text struct {
	Text string `json:"text"`
}

// Echo is the component of every node but gates.
type Echo struct {
	component.Base
	label string
}

// Say answers with the message.
func (e *Echo) Say(s *session.Session, message *Text) error {
	return s.Response(message)
}

// Tell pushes the message.
func (e *Echo) Tell(s *session.Session, message *Text) error {
	return s.Push("onTell", message)
}

// Fail answers nothing.
func (e *Echo) Fail(s *session.Session, message *Text) error {
	return errors.New("it fails")
}

// Relay sends the message on to a component of another node.
func (e *Echo) Relay(s *session.Session, message *Text) error {
	return s.RPC("Chat.Tell", message)
}

// HangUp closes the client.
func (e *Echo) HangUp(s *session.Session, message *Text) error {
	s.Close()
	return nil
}

func main() {
	role, address, master, label := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	components := &component.Components{}
	options := []nano.Option{
		nano.WithSerializer(json.NewSerializer()),
		nano.WithLabel(label),
	}
	if role == "master" {
		options = append(options, nano.WithMaster())
	} else {
		options = append(options, nano.WithAdvertiseAddr(master))
	}
	if len(os.Args) > 5 {
		options = append(options, nano.WithClientAddr(os.Args[5]))
	} else {
		components.Register(&Echo{label: label})
	}
	options = append(options, nano.WithComponents(components))
	nano.Listen(address, options...)
}
